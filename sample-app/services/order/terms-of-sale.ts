/** The terms every order is placed under. At about 2 KB they make an order cost three write capacity units. */
export const termsOfSale = `
1. The contract. Your order is an offer to buy. It is accepted when we confirm payment, and the contract covers the goods named in that
confirmation. If we find that we cannot deliver, we tell you without delay and give back what you paid within three working days.

2. Prices and payment. All prices include value added tax and are shown before you order. Delivery is charged separately, and the charge is
shown as well. The amount is collected by our payment provider when the order is placed. We never see or keep the number of your card.

3. Delivery. Goods in stock leave our warehouse on the next working day. Where the stock could not be confirmed while you were ordering, we
write to you within a day with the date of delivery; if that date does not suit you, you may cancel free of charge. Several goods may arrive in
several parcels, for which we charge delivery only once. The risk passes to you when you, or somebody you named, receive the parcel.

4. Sending goods back. You may withdraw from the contract within thirty days of receiving the last parcel, without giving a reason. A short
message is enough. Send the goods back within fourteen days of that message; we pay for the return within the country of delivery. We refund
what you paid, including the cheapest delivery on offer, by the same means of payment. You answer for a loss in value only where the goods were
handled in a way that is not needed to examine them.

5. Faulty goods. If something is broken, missing or not as described, you may have it repaired or replaced at your choice. If neither works
within a reasonable time, you may lower the price or end the contract. These rights last two years from delivery.

6. Data. We use what you give us to carry out the order and to meet our duties as a merchant, and for nothing else. You may ask at any time what
we keep about you, have it corrected, or have it erased once those duties have ended.

7. Disputes. Write to us first: most things are settled in a day. If not, you may call on the arbitration board for consumers, free of
charge, before you go to court. The law of the country you live in protects you in any case.
`;
